/** Numbers of a frame; what is not one is left out. */

const LONGEST_S = 2_678_400

/** Whole seconds of the frame, in ms. */
export const seconds = (text: string): number | undefined => (/^\d{1,7}$/.test(text) && Number(text) <= LONGEST_S ? Number(text) * 1000 : undefined)
export const milliseconds = (text: string): number | undefined => (/^\d{1,10}$/.test(text) && Number(text) <= LONGEST_S * 1000 ? Number(text) : undefined)
export const whole = (text: string): number | undefined => (/^\d{1,6}$/.test(text) ? Number(text) : undefined)
