/** A Socket.IO event as it lies on the wire, made once for all members of a room. */
export interface Frame {
  /** The packet without Engine.IO's leading type: what a connection is given when the pre-built frame cannot be used. */
  readonly packet: string
  /** The whole WebSocket text frame, unmasked, ready for the socket. */
  readonly bytes: Buffer
}

/** RFC 6455 header of a final, unmasked text frame. */
const headerOf = (length: number): Buffer => {
  if (length < 126) return Buffer.of(0x81, length)
  if (length < 65_536) {
    const header = Buffer.of(0x81, 126, 0, 0)
    header.writeUInt16BE(length, 2)
    return header
  }
  const header = Buffer.alloc(10)
  header[0] = 0x81
  header[1] = 127
  header.writeBigUInt64BE(BigInt(length), 2)
  return header
}

/** `json` is the event's one argument. Packet type 2 is an event of the root namespace, Engine.IO type 4 a message. */
export const eventFrame = (event: string, json: string): Frame => {
  const packet = `2[${JSON.stringify(event)},${json}]`
  const payload = Buffer.from(`4${packet}`)
  return { packet, bytes: Buffer.concat([headerOf(payload.length), payload]) }
}
