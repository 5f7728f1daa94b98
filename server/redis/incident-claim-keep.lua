#!lua flags=allow-oom
-- Keeps the lease of what is still in flight under a token. KEYS timers, in flight. ARGV token, lease in ms, id, id, ...
-- Reply: how many are kept. What was fired or taken back is not in flight under that token any more.
local time = redis.call('TIME')
local ends = string.format('%.0f', tonumber(string.format('%d%03d', time[1], math.floor(time[2] / 1000))) + tonumber(ARGV[2]))
local kept = 0
for i = 3, #ARGV do
  local row = redis.call('HGET', KEYS[1], ARGV[i])
  if row and string.match(row, '|([^|]*)$') == ARGV[1] and redis.call('ZSCORE', KEYS[2], ARGV[i]) then
    redis.call('ZADD', KEYS[2], ends, ARGV[i])
    kept = kept + 1
  end
end
return kept
