/** Reports in the order of the list; the first is shown without a name in the address. */
export const reportNames = ['intervals', 'levels', 'trends', 'agents', 'lost', 'callers', 'transfers', 'written', 'surveys', 'breaks', 'roll', 'incidents', 'mobilisation'] as const
export type ReportName = (typeof reportNames)[number]
