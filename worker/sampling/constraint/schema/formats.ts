const LEAP_YEAR = "(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)";
const DAY =
  "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))";
const DATE = `(?:\\d{4}-${DAY}|${LEAP_YEAR}-02-29)`;
const HOUR = "(?:[01]\\d|2[0-3])";
const TIME = `${HOUR}:[0-5]\\d:[0-5]\\d(?:\\.\\d{1,3})?(?:Z|[+\\-]${HOUR}:[0-5]\\d)`;
const DAYS = "(?:\\d{1,4}Y(?:\\d{1,4}M(?:\\d{1,4}D)?)?|\\d{1,4}M(?:\\d{1,4}D)?|\\d{1,4}D)";
const HOURS = "(?:T(?:\\d{1,4}H(?:\\d{1,4}M(?:\\d{1,4}S)?)?|\\d{1,4}M(?:\\d{1,4}S)?|\\d{1,4}S))";
const LABEL = "[a-z0-9](?:[a-z0-9\\-]{0,30}[a-z0-9])?";
const DOMAIN = `(?:${LABEL}\\.){1,3}[a-z]{2,12}`;
const WORD = "[A-Za-z0-9]{1,20}";
const BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const HEX = "[0-9a-f]";
const IN_URI = "(?:[A-Za-z0-9\\-._~!$&'()*+,;=:@\\/]|%[0-9A-F]{2}){0,60}";

/** The formats that a schema's strings can have, each as a regular expression whose texts are all of it, though not all of its. */
export const FORMATS: Readonly<Record<string, string>> = {
  date: DATE, // RFC 3339, section 5.6, like the next two
  time: TIME,
  "date-time": `${DATE}T${TIME}`,
  duration: `P(?:${DAYS}${HOURS}?|${HOURS}|\\d{1,4}W)`, // RFC 3339, appendix A
  email: `${WORD}(?:[._+\\-]${WORD}){0,2}@${DOMAIN}`, // RFC 5321, in ASCII and without quotes
  hostname: `(?:${LABEL}\\.){0,3}${LABEL}`, // RFC 1123
  ipv4: `(?:${BYTE}\\.){3}${BYTE}`,
  ipv6: `(?:${HEX}{1,4}:){7}${HEX}{1,4}`, // RFC 4291, section 2.2, form 1
  uuid: `${HEX}{8}-${HEX}{4}-[1-8]${HEX}{3}-[89ab]${HEX}{3}-${HEX}{12}`, // RFC 9562, section 4
  uri: `https?:\\/\\/${DOMAIN}(?:\\/${IN_URI})?(?:\\?${IN_URI})?(?:#${IN_URI})?`, // RFC 3986, of the web
};
