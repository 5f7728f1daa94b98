#!lua flags=allow-oom
-- Makes a saved value the valid one and drops pieces that no description names. KEYS value, fence. ARGV fence, field of the
-- description, description. Reply 1, or 0 when the fence has passed on (then this writer's own pieces are dropped instead).
local valid = redis.call('GET', KEYS[2]) == ARGV[1]
if valid then redis.call('HSET', KEYS[1], ARGV[2], ARGV[3]) end
local named = {}
local fields = redis.call('HKEYS', KEYS[1])
for _, field in ipairs(fields) do
  if string.sub(field, 1, 5) == 'meta:' then
    named[string.match(redis.call('HGET', KEYS[1], field), '"generation":"(%x+)"')] = true
  end
end
local mine = string.match(ARGV[3], '"generation":"(%x+)"')
for _, field in ipairs(fields) do
  local generation = string.match(field, '^(%x+):%d+$')
  -- Without the fence only one's own leftovers are touched: the new holder may be in the middle of a save.
  if generation and not named[generation] and (valid or generation == mine) then redis.call('HDEL', KEYS[1], field) end
end
return valid and 1 or 0
