-- One place that writes entries of THE LOG: kind, instant by Redis TIME, content, hash of these three.
local function redisNow()
  local time = redis.call('TIME')
  return string.format('%d%03d', time[1], math.floor(time[2] / 1000))
end
local function appendEntry(log, kind, body)
  local at = redisNow()
  local hash = string.sub(redis.sha1hex(kind .. '\n' .. at .. '\n' .. body), 1, 16)
  return redis.call('XADD', log, '*', 'k', kind, 'a', at, 'b', body, 'h', hash)
end
