-- Links of a site's audit chain, in their order: `auditChain(key)` gives a function that adds the link of one event and its SHA-256.
local function auditChain(key)
  local last = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
  local seq, link = 0, ''
  if last then
    for i = 1, #last[2], 2 do
      if last[2][i] == 's' then seq = tonumber(last[2][i + 1]) end
      if last[2][i] == 'l' then link = last[2][i + 1] end
    end
  end
  return function(ref, number, hash)
    seq = seq + 1
    link = redis.sha1hex(link .. '\n' .. seq .. '\n' .. ref .. '\n' .. number .. '\n' .. hash)
    redis.call('XADD', key, '*', 's', seq, 'r', ref, 'v', number, 'h', hash, 'l', link)
  end
end
