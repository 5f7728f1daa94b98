-- One place that writes what became of a delivery: a line `instant|state|detail` a step, the oldest steps of long histories given up.
local NOTED_MOST = 20000
local function noteStep(steps, id, at, state, detail)
  local known = redis.call('HGET', steps, id)
  local line = at .. '|' .. state .. '|' .. string.gsub(detail or '', '[\n|]', ' ')
  if known and #known > 8000 then known = string.match(known, '^[^\n]*') end
  redis.call('HSET', steps, id, known and (known .. '\n' .. line) or line)
end
-- True when the key was never used before: then the row is in the log and its first step with it.
local function notePlanned(rows, steps, order, id, row, at, due)
  if redis.call('HSETNX', rows, id, row) == 0 then return false end
  redis.call('ZADD', order, at, id)
  noteStep(steps, id, at, tonumber(due) > tonumber(at) and 'held' or 'queued', '')
  local surplus = redis.call('ZCARD', order) - NOTED_MOST
  if surplus > 0 then
    for _, old in ipairs(redis.call('ZRANGE', order, 0, surplus - 1)) do
      redis.call('HDEL', rows, old)
      redis.call('HDEL', steps, old)
      redis.call('ZREM', order, old)
    end
  end
  return true
end
