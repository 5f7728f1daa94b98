import { describe, expect, it } from "@jest/globals";
import { hashBody, hashFields, hashText } from "../../server/redis/hash-text.ts";

describe("hashing ids", () => {
  it("tells twenty thousand alike ids apart", () => {
    const seen = new Set<string>();
    for (let i = 0; i < 5_000; i += 1) {
      for (const id of [
        `q1-${i}`,
        `${i}-q1`,
        `2026-11-22T09:00:00.${i}`,
        `CA${i.toString(16).padStart(32, "0")}`,
      ])
        seen.add(hashText(id).join(":"));
    }
    expect(seen.size).toBe(20_000);
  });

  it("spreads over all bits of both halves", () => {
    const ones = new Array<number>(64).fill(0);
    const runs = 10_000;
    for (let i = 0; i < runs; i += 1) {
      const [high, low] = hashText(`id-${i}`);
      for (let b = 0; b < 32; b += 1) {
        ones[b] = (ones[b] ?? 0) + ((high >>> b) & 1);
        ones[32 + b] = (ones[32 + b] ?? 0) + ((low >>> b) & 1);
      }
    }
    for (const count of ones)
      expect(Math.abs(count / runs - 0.5)).toBeLessThan(0.025);
  });

  it("is the same on every run and machine, because it is stored", () => {
    expect([
      hashText(""),
      hashText("a"),
      hashText("q1-1"),
      hashBody('{"id":"q1-1"}'),
    ]).toMatchInlineSnapshot(`
      [
        [
          79691963,
          2953977335,
        ],
        [
          760859796,
          3027605073,
        ],
        [
          556157070,
          774840282,
        ],
        3275316289,
      ]
    `);
  });

  it("tells fields by name, kind and value, and leaves out what is left out", () => {
    const of = (fields: object) => hashFields(fields, new Set(["seq"]));
    const body = { id: "a", waitMs: 5, resolved: null, queues: ["x", "y"] };
    expect(of({ ...body, seq: 7, team: undefined })).toBe(of(body));
    const others = [
      { ...body, waitMs: "5" },
      { ...body, waitMs: 50 },
      { ...body, resolved: false },
      { ...body, resolved: "null" },
      { ...body, queues: ["x,y"] },
      { ...body, id: "a5" },
      { id: "a", holdMs: 5, resolved: null, queues: ["x", "y"] },
    ];
    expect(new Set([body, ...others].map(of)).size).toBe(others.length + 1);
  });
});
