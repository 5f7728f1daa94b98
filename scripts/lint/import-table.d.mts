export const importTable: Readonly<Record<string, readonly string[]>>
export const doors: Readonly<Record<string, readonly string[]>>
export function faultOfFile(from: string, to: string, typeOnly?: boolean): string | null
export function faultOfPackage(from: string, specifier: string): string | null
