-- Saves a version of a site's settings with its secrets and tells the log, all or nothing.
-- KEYS settings, secrets, log. ARGV expected version, new version, document, saved at, log body, version of the organisation's calendars, secrets to drop (n), fields..., secrets to set (m), field, value...
--@include append-entry
local version = redis.call('HGET', KEYS[1], 'version') or '0'
if version ~= ARGV[1] then return { 'stale', version } end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'savedAt', ARGV[4], 'document', ARGV[3], 'organisation', ARGV[6], 'v:' .. ARGV[2], ARGV[3], 'o:' .. ARGV[2], ARGV[6])
-- Open incidents may be pinned to an older version; 500 edits back none is.
local gone = tonumber(ARGV[2]) - 500
redis.call('HDEL', KEYS[1], 'v:' .. gone, 'o:' .. gone)
local at = 7
local drop = tonumber(ARGV[at])
for i = 1, drop do redis.call('HDEL', KEYS[2], ARGV[at + i]) end
at = at + drop + 1
local set = tonumber(ARGV[at])
for i = 1, set do redis.call('HSET', KEYS[2], ARGV[at + 2 * i - 1], ARGV[at + 2 * i]) end
return { 'saved', appendEntry(KEYS[3], 'settings', ARGV[5]) }
