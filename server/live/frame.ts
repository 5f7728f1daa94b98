/** A Socket.IO event as it lies on the wire, made once for all members of a room. */
export interface Frame {
  /** The packet without Engine.IO's leading type: what a connection is given when the pre-built frame cannot be used. */
  readonly packet: string
  /** The whole WebSocket text frame, unmasked, ready for the socket. */
  readonly bytes: Buffer
}

/** RFC 6455 header of a final, unmasked text frame, with room for its payload; gives where that begins. */
const headed = (length: number): { readonly bytes: Buffer; readonly at: number } => {
  const at = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const bytes = Buffer.allocUnsafe(at + length)
  bytes[0] = 0x81
  bytes[1] = at === 2 ? length : at === 4 ? 126 : 127
  if (at === 4) bytes.writeUInt16BE(length, 2)
  if (at === 10) bytes.writeBigUInt64BE(BigInt(length), 2)
  return { bytes, at }
}

/** `json` is the event's one argument. Packet type 2 is an event of the root namespace, Engine.IO type 4 a message. */
export const eventFrame = (event: string, json: string): Frame => {
  const packet = `2[${JSON.stringify(event)},${json}]`
  const payload = `4${packet}`
  const { bytes, at } = headed(Buffer.byteLength(payload))
  bytes.write(payload, at)
  return { packet, bytes }
}
