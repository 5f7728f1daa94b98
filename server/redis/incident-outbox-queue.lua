#!lua flags=allow-oom
-- Rows that belong to no incident (test pages), or the end of one.
-- KEYS outbox, due, leases, steps, dead letters, notifications, order.
-- ARGV 'queue', id, row, channel to wake, site | 'settle', id, token, state, detail, row for the dead letters or ''. Reply 1 or 0.
--@include note-delivery
local time = redis.call('TIME')
local now = string.format('%d%03d', time[1], math.floor(time[2] / 1000))
local id = ARGV[2]
if ARGV[1] == 'queue' then
  if not notePlanned(KEYS[6], KEYS[4], KEYS[7], id, ARGV[3], now, now) then return 0 end
  redis.call('HSET', KEYS[1], id, ARGV[3])
  redis.call('ZADD', KEYS[2], now, id)
  redis.call('PUBLISH', ARGV[4], ARGV[5] .. ' ' .. now)
  return 1
end
local holder = redis.call('HGET', KEYS[3], id)
if holder and holder ~= ARGV[3] then return 0 end
redis.call('HDEL', KEYS[1], id)
redis.call('ZREM', KEYS[2], id)
redis.call('HDEL', KEYS[3], id)
noteStep(KEYS[4], id, now, ARGV[4], ARGV[5])
if ARGV[6] ~= '' then redis.call('HSET', KEYS[5], id, ARGV[6]) end
return 1
