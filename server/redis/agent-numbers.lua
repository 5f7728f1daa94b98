-- Register numbers of agents: find or give the next one.
-- KEYS: fingerprint -> number, number -> sealed agent. ARGV: cap, fingerprints...
-- Replies number, sealed row pairs; number 0 when the register is full. Numbers are never given twice: '#' only grows.
local full = tonumber(ARGV[1])
local reply = {}
for i = 2, #ARGV do
  local number = redis.call('HGET', KEYS[1], ARGV[i])
  if not number then
    local last = tonumber(redis.call('HGET', KEYS[1], '#') or '0')
    if last < full then
      number = redis.call('HINCRBY', KEYS[1], '#', 1)
      redis.call('HSET', KEYS[1], ARGV[i], number)
    end
  end
  reply[#reply + 1] = tonumber(number or 0)
  reply[#reply + 1] = number and redis.call('HGET', KEYS[2], number) or ''
end
for i = 1, #reply do if not reply[i] then reply[i] = '' end end
return reply
