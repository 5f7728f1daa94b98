#!lua flags=allow-oom
-- Puts a claimed delivery back for another try, if this sender still holds it and nothing cancelled it.
-- KEYS outbox, due, leases. ARGV id, token, row, wait in ms. Reply 1 or 0.
if redis.call('HGET', KEYS[3], ARGV[1]) ~= ARGV[2] then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('ZADD', KEYS[2], string.format('%.0f', now + tonumber(ARGV[4])), ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
return 1
