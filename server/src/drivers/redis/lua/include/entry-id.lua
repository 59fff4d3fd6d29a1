-- The two numbers of an entry id.
local function split_id(id)
  local epoch, seq = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(epoch), tonumber(seq)
end

-- Whether entry id `a` is above `b`.
local function is_above(a, b)
  local epoch_a, seq_a = split_id(a)
  local epoch_b, seq_b = split_id(b)
  if epoch_a ~= epoch_b then return epoch_a > epoch_b end
  return seq_a > seq_b
end

-- The id of the newest entry that a stream holds; nil: it holds none.
local function top_id(stream)
  local top = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
  return top and top[1]
end
