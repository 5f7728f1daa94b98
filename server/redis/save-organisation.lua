-- Saves a version of what the organisation gives all its sites. KEYS organisation. ARGV expected version, new version, document.
local version = redis.call('HGET', KEYS[1], 'version') or '0'
if version ~= ARGV[1] then return { 'stale', version } end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'document', ARGV[3], 'v:' .. ARGV[2], ARGV[3])
redis.call('HDEL', KEYS[1], 'v:' .. (tonumber(ARGV[2]) - 500))
return { 'saved', ARGV[2] }
