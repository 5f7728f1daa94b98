#!lua flags=allow-oom
-- What a provider or a screen says of a delivery that it had taken. Due at once, so that a sender writes it into the incident.
-- KEYS outbox, due, leases, steps. ARGV id, state, detail, channel to wake, site. Reply 1: it waited for this; 0: noted only; -1: not known.
--@include note-delivery
if redis.call('HEXISTS', KEYS[4], ARGV[1]) == 0 then return -1 end
local time = redis.call('TIME')
local now = string.format('%d%03d', time[1], math.floor(time[2] / 1000))
local row = redis.call('HGET', KEYS[1], ARGV[1])
if not row then
  noteStep(KEYS[4], ARGV[1], now, ARGV[2], ARGV[3])
  return 0
end
local told = cjson.encode({ state = ARGV[2], detail = ARGV[3] })
redis.call('HSET', KEYS[1], ARGV[1], string.sub(row, 1, -2) .. ',"receipt":' .. told .. '}')
redis.call('ZADD', KEYS[2], now, ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
redis.call('PUBLISH', ARGV[4], ARGV[5] .. ' ' .. now)
return 1
