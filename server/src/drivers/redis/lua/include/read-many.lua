-- HMGET of any number of fields, from index `first` of the list on; `unpack` takes some 8,000 at
-- most.
local function read_many(hash, list, first)
  local values = {}
  for from = first, #list, 1000 do
    local part = redis.call('HMGET', hash, unpack(list, from, math.min(from + 999, #list)))
    for i = 1, #part do values[#values + 1] = part[i] end
  end
  return values
end
