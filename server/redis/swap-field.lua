-- Replaces a field only while it holds what was read; '' stands for an absent field.
-- KEYS hash. ARGV field, value read, value to write. Reply 1 or 0.
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
return 1
