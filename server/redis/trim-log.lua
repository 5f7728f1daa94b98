#!lua flags=allow-oom
-- Lets go what lies before the first entry kept. KEYS log, fence. ARGV fence, first entry id. Reply: entries removed, -1 when fenced.
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return -1 end
return redis.call('XTRIM', KEYS[1], 'MINID', '=', ARGV[2])
