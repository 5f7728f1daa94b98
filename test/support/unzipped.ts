import { inflateRawSync } from 'node:zlib'

/** The files of a zip by name, read from its central directory. */
export const unzipped = (bytes: Buffer): ReadonlyMap<string, string> => {
  const files = new Map<string, string>()
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  let at = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [method, size, name, extra, comment, local] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32), bytes.readUInt32LE(at + 42)]
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    const data = bytes.subarray(from, from + size)
    files.set(bytes.subarray(at + 46, at + 46 + name).toString(), (method === 0 ? data : inflateRawSync(data)).toString())
    at += 46 + name + extra + comment
  }
  return files
}
