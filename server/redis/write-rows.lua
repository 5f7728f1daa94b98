#!lua flags=allow-oom
-- Writes interval rows in one call that an older keeper, or one that has folded less, is refused.
-- KEYS fence, folded, then rows of one day each, then corrections of one day each (as many as ARGV[5] says). ARGV fence, epoch, folded through (padded), up to which instant rows are kept now (empty: as before), number of keys of corrections, expiry of each day's key (instants),
-- then for each day: number of rows, (field, row)... ; an empty row is deleted. Then for each day of corrections: number, record... ; a day keeps the first 20000.
-- Reply 'written', 'fenced' or 'older'.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'fenced' end
local through, epoch = redis.call('HGET', KEYS[2], 'through'), redis.call('HGET', KEYS[2], 'epoch')
if through and epoch == ARGV[2] and through > ARGV[3] then return 'older' end
local corrected = tonumber(ARGV[5])
local days = #KEYS - 2 - corrected
local at = 6 + days + corrected
for day = 1, days do
  local key, count = KEYS[2 + day], tonumber(ARGV[at])
  at = at + 1
  for _ = 1, count do
    if ARGV[at + 1] == '' then redis.call('HDEL', key, ARGV[at]) else redis.call('HSET', key, ARGV[at], ARGV[at + 1]) end
    at = at + 2
  end
  redis.call('PEXPIREAT', key, ARGV[5 + day])
end
for day = days + 1, days + corrected do
  local key, count = KEYS[2 + day], tonumber(ARGV[at])
  for i = at + 1, at + count do if redis.call('LLEN', key) < 20000 then redis.call('RPUSH', key, ARGV[i]) end end
  at = at + count + 1
  redis.call('PEXPIREAT', key, ARGV[5 + day])
end
redis.call('HSET', KEYS[2], 'through', ARGV[3], 'epoch', ARGV[2])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[2], 'at', ARGV[4]) end
return 'written'
