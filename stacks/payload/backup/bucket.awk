# A document of S3 as lines `path=text`, one for each element: /VersioningConfiguration/Status=Enabled. Entities stay as they are: what is
# compared are words and numbers.
BEGIN { RS = "<" }
NR == 1 || /^[?!]/ { next }
/^\// { sub(/\/[^\/]*$/, "", path); next }
{
  end = index($0, ">")
  tag = substr($0, 1, end - 1)
  text = substr($0, end + 1)
  closed = tag ~ /\/$/
  sub(/[ \t\r\n\/].*/, "", tag)
  gsub(/^[ \t\r\n]+|[ \t\r\n]+$/, "", text)
  gsub(/[\r\n]/, " ", text)
  if (!closed) path = path "/" tag
  print (closed ? path "/" tag "=" : path "=" text)
}
