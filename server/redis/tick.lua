#!lua
-- Appends a tick only if the floor's last entry is older than the instant at which time alone changes a figure.
-- KEYS log. ARGV due instant. Reply: { id appended or '', milliseconds until due }.
--@include append-entry
local due = tonumber(ARGV[1])
local wait = due - tonumber(redisNow())
if wait > 0 then return { '', wait } end
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if last then
  for i = 1, #last[2], 2 do
    if last[2][i] == 'a' and tonumber(last[2][i + 1]) >= due then return { '', 0 } end
  end
end
return { appendEntry(KEYS[1], 'tick', '{}'), 0 }
