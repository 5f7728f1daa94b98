#!lua flags=allow-oom
-- A dead letter goes back into the outbox under its own key, with all its tries before it again; or is purged.
-- KEYS outbox, due, dead letters, steps. ARGV id, channel to wake, site, who, 'replay' or 'purge'. Reply 1 or 0.
--@include note-delivery
local row = redis.call('HGET', KEYS[3], ARGV[1])
if not row then return 0 end
local time = redis.call('TIME')
local now = string.format('%d%03d', time[1], math.floor(time[2] / 1000))
redis.call('HDEL', KEYS[3], ARGV[1])
if ARGV[5] == 'purge' then
  noteStep(KEYS[4], ARGV[1], now, 'purged', 'by ' .. ARGV[4])
  return 1
end
redis.call('HSET', KEYS[1], ARGV[1], (string.gsub(row, '"attempts":%d+', '"attempts":0', 1)))
redis.call('ZADD', KEYS[2], now, ARGV[1])
noteStep(KEYS[4], ARGV[1], now, 'queued', 'replayed by ' .. ARGV[4])
redis.call('PUBLISH', ARGV[2], ARGV[3] .. ' ' .. now)
return 1
