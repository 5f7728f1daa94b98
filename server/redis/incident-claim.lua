#!lua flags=allow-oom
-- Moves due timers to in-flight, urgent ones first, with a lease and a token; takes back claims whose lease is over.
-- KEYS timers urgent, timers routine, timers, in flight. ARGV token, most, lease in ms, least overdue in ms, what the keys of incidents begin with.
-- Reply { now, when to look again ('' never), id, due, generation, record of its incident ('' none), id, due, generation, record, ... }
-- The record comes with the claim, for the first timer of each incident: one way less, and one wait less behind the writes of others.
local time = redis.call('TIME')
local nowText = string.format('%d%03d', time[1], math.floor(time[2] / 1000))
local now = tonumber(nowText)
local token, most, lease, overdue = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local function queueOf(row) return string.match(row, '|([ur])|') == 'r' and KEYS[2] or KEYS[1] end

for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', nowText)) do
  redis.call('ZREM', KEYS[4], id)
  local row = redis.call('HGET', KEYS[3], id)
  if row then redis.call('ZADD', queueOf(row), string.match(row, '^%d+'), id) end
end

local reply, given = { nowText, '' }, {}
local function recordOf(id)
  local ref = string.match(id, '^[^/]+')
  if given[ref] then return '' end
  given[ref] = true
  return redis.call('HGET', ARGV[5] .. ref, 'record') or ''
end
local function claim(queue)
  local left = most - (#reply - 2) / 4
  if left < 1 then return end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', queue, '-inf', string.format('%.0f', now - overdue), 'LIMIT', 0, left)) do
    redis.call('ZREM', queue, id)
    local row = redis.call('HGET', KEYS[3], id)
    if row then
      local due, generation, urgency = string.match(row, '^(%d+)|(%d+)|([ur])|')
      redis.call('ZADD', KEYS[4], string.format('%.0f', now + lease), id)
      redis.call('HSET', KEYS[3], id, due .. '|' .. generation .. '|' .. urgency .. '|' .. token)
      reply[#reply + 1] = id
      reply[#reply + 1] = due
      reply[#reply + 1] = generation
      reply[#reply + 1] = recordOf(id)
    end
  end
end
claim(KEYS[1])
-- The sweeper leaves a routine timer lie while an urgent one is due that is not yet its own to take: the gravest go first.
if #redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', nowText, 'LIMIT', 0, 1) == 0 then claim(KEYS[2]) end

local nearest = nil
for i = 1, 4 do
  if i ~= 3 then
    local first = redis.call('ZRANGE', KEYS[i], 0, 0, 'WITHSCORES')
    if first[2] and (not nearest or tonumber(first[2]) < nearest) then nearest = tonumber(first[2]) end
  end
end
if nearest then reply[2] = string.format('%.0f', nearest) end
return reply
