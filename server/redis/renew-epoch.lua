#!lua flags=allow-oom
-- Compare-and-set of the site's epoch. KEYS epoch. ARGV the epoch seen ('' for none), the new one. Reply: the epoch now.
local now = redis.call('GET', KEYS[1]) or ''
if now ~= ARGV[1] then return now end
redis.call('SET', KEYS[1], ARGV[2])
return ARGV[2]
