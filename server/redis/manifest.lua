#!lua flags=allow-oom
-- Changes to the archive's manifest. KEYS archive, folded, fence. Reply 1, or 0 when nothing was changed.
-- ARGV 'day', fence, field, row | 'import', days, (field, row, dirty field, mark)..., mark, dirty fields beside... | 'set', field, row | 'drop', fence, fields... | 'ask', fence, mark, dirty fields... | 'clean', fence, dirty field, mark
local what = ARGV[1]
if what == 'import' then
  local new, at = 0, 3
  for _ = 1, tonumber(ARGV[2]) do
    if redis.call('HGET', KEYS[1], ARGV[at]) ~= ARGV[at + 1] then
      redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1])
      redis.call('HSET', KEYS[2], ARGV[at + 2], ARGV[at + 3])
      new = 1
    end
    at = at + 4
  end
  if new == 1 then for i = at + 1, #ARGV do redis.call('HSET', KEYS[2], ARGV[i], ARGV[at]) end end
  return new
end
if what == 'set' then
  redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
  return 1
end
if redis.call('GET', KEYS[3]) ~= ARGV[2] then return 0 end
if what == 'drop' then
  for i = 3, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end
  return 1
end
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
