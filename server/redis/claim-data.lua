#!lua flags=allow-oom
-- Takes the data over for a program of these versions, unless a newer one has written it: of each kind the greater version is kept.
-- KEYS versions. ARGV kind, version, kind, version... Reply: { kind, version kept, ... } of those that are newer.
local newer = {}
for i = 1, #ARGV, 2 do
  local kept = tonumber(redis.call('HGET', KEYS[1], ARGV[i]) or '0')
  if kept > tonumber(ARGV[i + 1]) then
    newer[#newer + 1] = ARGV[i]
    newer[#newer + 1] = tostring(kept)
  end
end
if #newer == 0 then redis.call('HSET', KEYS[1], unpack(ARGV)) end
return newer
