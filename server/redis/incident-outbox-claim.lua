#!lua flags=allow-oom
-- Takes due deliveries, each with a lease and a token. A row that an acknowledgement cancelled is not there any more.
-- KEYS outbox, due, leases. ARGV token, most, lease in ms. Reply { now, when to look again ('' never), id, row, id, row, ... }
local time = redis.call('TIME')
local nowText = string.format('%d%03d', time[1], math.floor(time[2] / 1000))
local reply = { nowText, '' }
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', nowText, 'LIMIT', 0, tonumber(ARGV[2]))) do
  local row = redis.call('HGET', KEYS[1], id)
  if row then
    redis.call('ZADD', KEYS[2], string.format('%.0f', tonumber(nowText) + tonumber(ARGV[3])), id)
    redis.call('HSET', KEYS[3], id, ARGV[1])
    reply[#reply + 1] = id
    reply[#reply + 1] = row
  else
    redis.call('ZREM', KEYS[2], id)
  end
end
local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
if first[2] then reply[2] = first[2] end
return reply
