import type { Pulse } from './alarm-pulses.ts'

/** Rise and fall of a tone: without them it clicks. */
const EDGE_S = 0.012

const playOne = (context: AudioContext, out: AudioNode, { at, ms, hz }: Pulse, from: number): void => {
  const [begin, end] = [from + at / 1_000, from + (at + ms) / 1_000]
  const tone = context.createOscillator()
  const level = context.createGain()
  // A triangle has the harmonics by which an ear finds where a sound comes from.
  tone.type = 'triangle'
  tone.frequency.value = hz
  level.gain.setValueAtTime(0, begin)
  level.gain.linearRampToValueAtTime(1, begin + EDGE_S)
  level.gain.setValueAtTime(1, end - EDGE_S)
  level.gain.linearRampToValueAtTime(0, end)
  tone.connect(level).connect(out)
  tone.start(begin)
  tone.stop(end)
}

/** Tones made by the browser itself: no file to load, none to be missing. Gives what silences them. */
export const playPulses = (context: AudioContext, pulses: readonly Pulse[], volume: number): (() => void) => {
  const out = context.createGain()
  out.gain.value = volume
  out.connect(context.destination)
  for (const pulse of pulses) playOne(context, out, pulse, context.currentTime + 0.02)
  return () => out.disconnect()
}
