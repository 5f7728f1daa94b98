#!lua flags=allow-oom
-- Appends one entry that needs no dedupe (settings, source, incident). KEYS log, epoch. ARGV kind, body.
--@include append-entry
local id = appendEntry(KEYS[1], ARGV[1], ARGV[2])
return { redis.call('GET', KEYS[2]) or '', id }
