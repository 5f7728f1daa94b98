#!lua flags=allow-oom
-- Who has a key of reports: the first to ask, or whoever takes the place of one that is over. KEYS key. ARGV ref, ms it is kept, the ref it may replace ('' none). Reply { holder }
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[3] then return { holder } end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return { ARGV[1] }
