#!lua flags=allow-oom
-- One change of one incident, or several of as many, whole or not at all: events, audit links, the row by value in THE LOG, timers, outbox.
-- KEYS  1 incident, 2 its events, 3 log, 4 timers urgent, 5 timers routine, 6 timers, 7 in flight, 8 outbox, 9 outbox due,
--       10 outbox leases, 11 outbox of the incident, 12 audit, 13 incidents, 14 active incidents, 15 epoch, 16 dead letters,
--       17 another incident that must not have changed (itself when there is none), 18 notifications, 19 their steps, 20 their order,
--       21 commitments, 22 idempotency (itself when there is none)
-- ARGV  ref, version expected (0: it must not exist), version after, record, active 1|0, score in the lists,
--       instant of the reading and how old it may be in ms (0: any age),
--       timer to be in flight ('' none), its token, delivery to be settled ('' none), its token, row for the dead letters ('' none),
--       idempotency value ('' none), how long it is kept in ms, channel to wake, site,
--       version that the other incident must have ('' none), what became of the settled delivery, in words,
--       version that the commitments must have ('' any), what the incident writes there ('=' unchanged, '' nothing any more),
--       then lists, each with its length before it:
--       events (text, SHA-256), log bodies, timers set (id, due, generation, u|r), timers gone (id),
--       deliveries (id, due, fence or '-', row), fences (ladder, generation below which rows are void)
-- Of several each has its KEYS and its ARGV after those of the one before, and at the very end stands how many ARGV each has. All are
-- looked at before the first is written, so they must be of different incidents; the reply is that of the first, or the first refusal.
-- Reply { 'ok', epoch, entry id or '', deliveries cancelled } or { 'conflict', version } { 'stale' } { 'fenced' } { 'known', value }
--@include append-entry
--@include audit-link
--@include note-delivery
local function redisMs() return tonumber(redisNow()) end

-- What speaks against one change; nil: nothing.
local function refusal(KEYS, ARGV)
  local expected = tonumber(ARGV[2])
  if ARGV[14] ~= '' then
    local known = redis.call('GET', KEYS[22])
    if known then return { 'known', known } end
  end
  local current = tonumber(redis.call('HGET', KEYS[1], 'version') or '0')
  if current ~= expected then return { 'conflict', current } end
  if ARGV[18] ~= '' and (redis.call('HGET', KEYS[17], 'version') or '0') ~= ARGV[18] then return { 'conflict', current } end
  if ARGV[21] ~= '' and (redis.call('HGET', KEYS[21], '#') or '0') ~= ARGV[21] then return { 'conflict', current } end
  local oldest = tonumber(ARGV[8])
  if oldest > 0 and redisMs() - tonumber(ARGV[7]) > oldest then return { 'stale' } end
  if ARGV[9] ~= '' then
    local row = redis.call('HGET', KEYS[6], ARGV[9])
    if not row or string.match(row, '|([^|]*)$') ~= ARGV[10] or not redis.call('ZSCORE', KEYS[7], ARGV[9]) then return { 'fenced' } end
  end
  if ARGV[11] ~= '' then
    local holder = redis.call('HGET', KEYS[10], ARGV[11])
    -- A row that was cancelled while it was being sent has no holder: its receipt is written all the same.
    if holder and holder ~= ARGV[12] then return { 'fenced' } end
  end
end

local function written(KEYS, ARGV)
  local ref, expected, version, record = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
  local at = 22
  local function count()
    at = at + 1
    return tonumber(ARGV[at])
  end
  local function take()
    at = at + 1
    return ARGV[at]
  end
  local events = count()
  if events > 0 then
    local addLink = auditChain(KEYS[12])
    for i = 1, events do
      local text, hash = take(), take()
      local number = expected + i
      redis.call('XADD', KEYS[2], number .. '-0', 'e', text)
      addLink(ref, number, hash)
    end
    redis.call('HSET', KEYS[1], 'version', version, 'record', record)
    redis.call('ZADD', KEYS[13], ARGV[6], ref)
    if ARGV[5] == '1' then
      redis.call('ZADD', KEYS[14], ARGV[6], ref)
    else
      redis.call('ZREM', KEYS[14], ref)
    end
  end
  if ARGV[22] ~= '=' then
    if ARGV[22] == '' then redis.call('HDEL', KEYS[21], ref) else redis.call('HSET', KEYS[21], ref, ARGV[22]) end
    redis.call('HINCRBY', KEYS[21], '#', 1)
  end
  local entry = ''
  for i = 1, count() do entry = appendEntry(KEYS[3], 'incident', take()) end

  local wakeAt = nil
  local function sooner(due)
    if not wakeAt or tonumber(due) < wakeAt then wakeAt = tonumber(due) end
  end
  -- Ids of one change are few: each set is written in one call, whatever their number.
  local ids, rows, into = {}, {}, { u = {}, r = {} }
  for i = 1, count() do
    local id, due, generation, urgency = take(), take(), take(), take()
    local queue = into[urgency]
    queue[#queue + 1], queue[#queue + 2] = due, id
    rows[#rows + 1], rows[#rows + 2] = id, due .. '|' .. generation .. '|' .. urgency .. '|'
    ids[#ids + 1] = id
    sooner(due)
  end
  local set = #ids
  for i = 1, count() do ids[#ids + 1] = take() end
  if #ids > 0 then
    redis.call('ZREM', KEYS[4], unpack(ids))
    redis.call('ZREM', KEYS[5], unpack(ids))
    redis.call('ZREM', KEYS[7], unpack(ids))
  end
  if #ids > set then redis.call('HDEL', KEYS[6], unpack(ids, set + 1)) end
  if set > 0 then
    if #into.u > 0 then redis.call('ZADD', KEYS[4], unpack(into.u)) end
    if #into.r > 0 then redis.call('ZADD', KEYS[5], unpack(into.r)) end
    redis.call('HSET', KEYS[6], unpack(rows))
  end

  local nowText = redisNow()
  local function drop(id)
    redis.call('HDEL', KEYS[8], id)
    redis.call('ZREM', KEYS[9], id)
    redis.call('HDEL', KEYS[10], id)
    redis.call('HDEL', KEYS[11], id)
  end
  if ARGV[11] ~= '' then
    drop(ARGV[11])
    noteStep(KEYS[19], ARGV[11], nowText, ARGV[19], ARGV[20])
    if ARGV[13] ~= '' then redis.call('HSET', KEYS[16], ARGV[11], ARGV[13]) end
  end
  for i = 1, count() do
    local id, due, fence, row = take(), take(), take(), take()
    -- The id is the key of the effect: one that was used before is the same message.
    if notePlanned(KEYS[18], KEYS[19], KEYS[20], id, row, nowText, due) then
      redis.call('HSET', KEYS[8], id, row)
      redis.call('ZADD', KEYS[9], due, id)
      redis.call('HSET', KEYS[11], id, fence)
      sooner(due)
    end
  end
  local cancelled = 0
  for i = 1, count() do
    local ladder, below = take(), tonumber(take())
    local pending = redis.call('HGETALL', KEYS[11])
    for j = 1, #pending, 2 do
      local of, generation = string.match(pending[j + 1], '^(%a+):(%d+)$')
      if of == ladder and tonumber(generation) < below then
        -- What a provider has taken cannot be called back: nobody waits for its receipt any more.
        local taken = string.find(redis.call('HGET', KEYS[8], pending[j]) or '', '"accepted":{', 1, true)
        drop(pending[j])
        noteStep(KEYS[19], pending[j], nowText, taken and 'accepted' or 'cancelled', taken and 'its receipt is not waited for any more' or '')
        cancelled = cancelled + 1
      end
    end
  end
  if ARGV[14] ~= '' then redis.call('SET', KEYS[22], ARGV[14], 'PX', ARGV[15]) end
  if wakeAt then redis.call('PUBLISH', ARGV[16], ARGV[17] .. ' ' .. string.format('%.0f', wakeAt)) end
  return { 'ok', redis.call('GET', KEYS[15]) or '', entry, cancelled }
end

if #KEYS == 22 then return refusal(KEYS, ARGV) or written(KEYS, ARGV) end
local changes, from = {}, 0
local many = #KEYS / 22
for i = 1, many do
  local keys, args = {}, {}
  for j = 1, 22 do keys[j] = KEYS[(i - 1) * 22 + j] end
  for j = 1, tonumber(ARGV[#ARGV - many + i]) do args[j] = ARGV[from + j] end
  from = from + #args
  changes[i] = { keys, args }
end
for i = 1, many do
  local refused = refusal(changes[i][1], changes[i][2])
  if refused then return refused end
end
local reply
for i = 1, many do
  local done = written(changes[i][1], changes[i][2])
  reply = reply or done
end
return reply
