#!lua flags=no-writes
-- What a decision needs, at one instant. KEYS incident, idempotency ('' is not asked).
-- Reply { Redis TIME in ms, record or '', what an earlier call with this idempotency key was answered or '' }.
local time = redis.call('TIME')
local now = string.format('%d%03d', time[1], math.floor(time[2] / 1000))
local record = redis.call('HGET', KEYS[1], 'record') or ''
local known = ''
if KEYS[2] then known = redis.call('GET', KEYS[2]) or '' end
return { now, record, known }
