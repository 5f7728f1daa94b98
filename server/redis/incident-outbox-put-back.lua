#!lua flags=allow-oom
-- Puts a claimed delivery back for another look, if this sender still holds it and nothing cancelled it.
-- KEYS outbox, due, leases, steps. ARGV id, token, row, wait in ms, state, detail, channel to wake, site. Reply 1 or 0.
--@include note-delivery
if redis.call('HGET', KEYS[3], ARGV[1]) ~= ARGV[2] then return 0 end
local time = redis.call('TIME')
local nowText = string.format('%d%03d', time[1], math.floor(time[2] / 1000))
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
local due = string.format('%.0f', tonumber(nowText) + tonumber(ARGV[4]))
redis.call('ZADD', KEYS[2], due, ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
if ARGV[5] ~= '' then noteStep(KEYS[4], ARGV[1], nowText, ARGV[5], ARGV[6]) end
redis.call('PUBLISH', ARGV[7], ARGV[8] .. ' ' .. due)
return 1
