#!lua flags=allow-oom
-- Changes to the archive's manifest. KEYS archive, folded, fence. Reply 1, or 0 when nothing was changed.
-- ARGV 'day', fence, field, row | 'import', field, row, dirty field, mark | 'ask', fence, mark, dirty fields... | 'clean', fence, dirty field, mark
local what = ARGV[1]
if what == 'import' then
  if redis.call('HGET', KEYS[1], ARGV[2]) == ARGV[3] then return 0 end
  redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
  redis.call('HSET', KEYS[2], ARGV[4], ARGV[5])
  return 1
end
if redis.call('GET', KEYS[3]) ~= ARGV[2] then return 0 end
if what == 'day' then
  redis.call('HSET', KEYS[1], ARGV[3], ARGV[4])
  return 1
end
if what == 'ask' then
  for i = 4, #ARGV do redis.call('HSET', KEYS[2], ARGV[i], ARGV[3]) end
  return 1
end
if redis.call('HGET', KEYS[2], ARGV[3]) ~= ARGV[4] then return 0 end
return redis.call('HDEL', KEYS[2], ARGV[3])
