#!lua
-- Accepts the facts of one entry whole: dedupe, append, sequence per source (RELIABILITY D3). No allow-oom: when memory is
-- full this is what is refused, before anything is written.
-- KEYS  log, sequences, epoch, then one `seen` hash a group
-- ARGV  head and tail of the body, rows joined by commas, byte length of each row (3 bytes each),
--       number of days, (day, shards a minute)..., number of sources, (source, highest seq or '')...,
--       milliseconds that dedupe is kept, then one argument a group: records of 14 bytes
--       (8 hash of the id, 4 hash of the body, 2 index of the row)
-- Reply { 'shards', day, shards a minute } when another process chose other shards for that day; else
--       { epoch, id of the entry or of the last one, outcomes }: 'a' accepted, 'd' duplicate, 'c' conflict
--@include append-entry
local byte, sub, insert = string.byte, string.sub, table.insert
local head, tail, rows, lengths = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local at = 5
local newDays = {}
local days = tonumber(ARGV[at])
for i = 1, days do
  local field, shards = 'shards:' .. ARGV[at + 2 * i - 1], ARGV[at + 2 * i]
  local known = redis.call('HGET', KEYS[2], field)
  if not known then
    insert(newDays, field)
    insert(newDays, shards)
  elseif known ~= shards then
    return { 'shards', ARGV[at + 2 * i - 1], known }
  end
end
at = at + 2 * days + 1
local sources, firstSource = tonumber(ARGV[at]), at
at = at + 2 * sources + 1
local keptMs = ARGV[at]

local total = #lengths / 3
local outcomes, inBatch, accepted = {}, {}, 0
local writes = {}
for group = 1, #KEYS - 3 do
  local packed, ids, bodies, indices = ARGV[at + group], {}, {}, {}
  for i = 1, #packed, 14 do
    insert(ids, sub(packed, i, i + 7))
    insert(bodies, sub(packed, i + 8, i + 11))
    insert(indices, byte(packed, i + 12) * 256 + byte(packed, i + 13) + 1)
  end
  local known, fresh = redis.call('HMGET', KEYS[3 + group], unpack(ids)), {}
  for i = 1, #ids do
    local before = known[i] or inBatch[ids[i]]
    if before then
      outcomes[indices[i]] = before == bodies[i] and 'd' or 'c'
    else
      inBatch[ids[i]] = bodies[i]
      outcomes[indices[i]] = 'a'
      accepted = accepted + 1
      insert(fresh, ids[i])
      insert(fresh, bodies[i])
    end
  end
  writes[group] = fresh
end

local epoch = redis.call('GET', KEYS[3]) or ''
if accepted == 0 then
  local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
  return { epoch, last and last[1] or '0-0', table.concat(outcomes) }
end
if #newDays > 0 then redis.call('HSET', KEYS[2], unpack(newDays)) end
for group, fresh in ipairs(writes) do
  if #fresh > 0 then
    local key = KEYS[3 + group]
    local added = redis.call('HSET', key, unpack(fresh))
    if redis.call('HLEN', key) == added then redis.call('PEXPIRE', key, keptMs) end
  end
end
if accepted < total then
  local kept, from = {}, 1
  for i = 1, total do
    local a, b, c = byte(lengths, 3 * i - 2, 3 * i)
    local length = a * 65536 + b * 256 + c
    if outcomes[i] == 'a' then insert(kept, sub(rows, from, from + length - 1)) end
    from = from + length + 1
  end
  rows = table.concat(kept, ',')
end
local id = appendEntry(KEYS[1], 'facts', head .. rows .. tail)
redis.call('HINCRBY', KEYS[2], 'count:' .. ARGV[6], accepted)
for i = 1, sources do
  local source, seq = ARGV[firstSource + 2 * i - 1], ARGV[firstSource + 2 * i]
  if seq ~= '' then
    local before = redis.call('HGET', KEYS[2], 'seq:' .. source)
    if not before or tonumber(before) < tonumber(seq) then redis.call('HSET', KEYS[2], 'seq:' .. source, seq) end
  end
end
return { epoch, id, table.concat(outcomes) }
