-- Entries of a stream in the order of the command (XRANGE, XREVRANGE), at most `limit` and as many as
-- fit into `bytes`, one in any case. Read in steps, so that little is read that does not fit. Returns
-- the entries, and 1 where there is another one that did not fit, else 0.
local function read_stream(command, stream, from, to, limit, bytes)
  local found, used, step = {}, 0, 16
  while #found < limit do
    local asked = math.min(step, limit - #found)
    local part = redis.call(command, stream, from, to, 'COUNT', asked)
    for i = 1, #part do
      local fields = part[i][2]
      used = used + #fields[2] + #fields[4]
      if used > bytes and #found > 0 then return found, 1 end
      found[#found + 1] = part[i]
    end
    if #part < asked then break end
    from = '(' .. found[#found][1]
    -- As many as will fit if they are like these; others may follow, so not too many at once.
    step = math.max(1, math.min(2 * #found, math.ceil((bytes - used) * #found / used)))
  end
  return found, 0
end
