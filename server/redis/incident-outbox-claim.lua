#!lua flags=allow-oom
-- Takes due deliveries, each with a lease and a token. A row that an acknowledgement cancelled is not there any more.
-- A paced row waits until a minute after the last paced one to the same person; those that waited are taken together. A further try, or the
-- next channel, of what was told together waits likewise by channel: else each would be a message, or a call, of its own.
-- KEYS outbox, due, leases, steps, paced. ARGV token, most, lease in ms, pace in ms.
-- Reply { now, when to look again ('' never), row, '1' when its sender died on it, row, ... }
--@include note-delivery
local time = redis.call('TIME')
local nowText = string.format('%d%03d', time[1], math.floor(time[2] / 1000))
local now, pace = tonumber(nowText), tonumber(ARGV[4])
local reply = { nowText, '' }
local opened = {}

-- 0: it may be sent now; else the instant until which it is held.
local function heldUntil(row)
  if not string.find(row, '"paced":true', 1, true) then return 0 end
  local given = cjson.decode(row)
  -- Nothing is sent of what waits for its receipt: it is looked up.
  if given['person'] == cjson.null or given['accepted'] or given['receipt'] then return 0 end
  local whose = given['person']
  if given['attempts'] > 0 or given['follows'] then whose = whose .. '\n' .. given['channel'] end
  if opened[whose] then return 0 end
  local last = tonumber(redis.call('HGET', KEYS[5], whose) or '0')
  if now - last < pace then return last + pace end
  redis.call('HSET', KEYS[5], whose, nowText)
  opened[whose] = true
  return 0
end

for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', nowText, 'LIMIT', 0, tonumber(ARGV[2]))) do
  local row = redis.call('HGET', KEYS[1], id)
  local held = row and heldUntil(row)
  if not row then
    redis.call('ZREM', KEYS[2], id)
  elseif held > 0 then
    redis.call('ZADD', KEYS[2], string.format('%.0f', held), id)
    noteStep(KEYS[4], id, nowText, 'held', 'one message a minute')
  else
    redis.call('ZADD', KEYS[2], string.format('%.0f', now + tonumber(ARGV[3])), id)
    -- Still leased when it falls due again: its sender died on it, and nobody knows what the provider has.
    local unknown = redis.call('HEXISTS', KEYS[3], id) == 1
    redis.call('HSET', KEYS[3], id, ARGV[1])
    if unknown then noteStep(KEYS[4], id, nowText, 'unknown', 'the sender died while sending') end
    noteStep(KEYS[4], id, nowText, 'sending', '')
    reply[#reply + 1] = row
    reply[#reply + 1] = unknown and '1' or ''
  end
end
local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
if first[2] then reply[2] = first[2] end
return reply
