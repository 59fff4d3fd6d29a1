-- The hosts of a room: ids with commas between.

local function is_listed(hosts, user_id)
  return string.find(',' .. hosts .. ',', ',' .. user_id .. ',', 1, true) ~= nil
end

-- Whether there is no place for one more; LIMITS.hosts in shared/src/limits.ts.
local function has_many_hosts(hosts)
  return select(2, string.gsub(hosts, ',', '')) >= 49
end

local function with_host(hosts, user_id)
  if is_listed(hosts, user_id) then return hosts end
  return hosts == '' and user_id or hosts .. ',' .. user_id
end

local function without_host(hosts, user_id)
  local rest = {}
  for host in string.gmatch(hosts, '[^,]+') do
    if host ~= user_id then rest[#rest + 1] = host end
  end
  return table.concat(rest, ',')
end
