#!lua flags=allow-oom
-- Takes, renews or gives up the lease of a site's keeper (RELIABILITY D5). A take-over raises the fence, which every write of a
-- keeper is compared with. KEYS lease, fence. ARGV what, holder, ttl ms, fence held. Reply: the fence held, or 0.
local what, holder, ttl, fence = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local mine = holder .. ':' .. fence
local now = redis.call('GET', KEYS[1])
if what == 'take' then
  if now then return 0 end
  local raised = redis.call('INCR', KEYS[2])
  redis.call('SET', KEYS[1], holder .. ':' .. raised, 'PX', ttl)
  return raised
end
if now ~= mine then return 0 end
if what == 'renew' then
  redis.call('PEXPIRE', KEYS[1], ttl)
  return tonumber(fence)
end
redis.call('DEL', KEYS[1])
return tonumber(fence)
