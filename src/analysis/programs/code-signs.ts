// What code looks like that does something, where it is not a call by a known name. Tried on code with its strings and comments blanked, or on its texts.

/** Ways to put a name together so that it cannot be seen. */
export const building =
  /(?:''|"")\s*\.\s*join|\[\s*::\s*-1\s*\]|\bchr\s*\(|\bfromhex\b|\bunhexlify\b|\bb(?:16|32|64|85)decode\b|\bfromCharCode\b|\.\s*reverse\s*\(|\batob\b|\bunescape\b|\bdecodeURI|\bBuffer\s*\.\s*from\b|\bdecode_base64\b|\bbase64_decode\b|\bstrrev\b|\bhex2bin\b|\bpack\b|\bstr_rot13\b|\bstring\s*\.\s*char\b|\bunpack1?\b|\brot13\b/;
/** Names of secrets in any text of the code. */
export const secretText =
  /(?:^|\/)\.(?:env|ssh|aws|netrc|gnupg|kube|npmrc|git-credentials|pgpass|docker)\b|id_(?:rsa|dsa|ecdsa|ed25519)|\.pem$|\bcredentials\b|\/etc\/g?shadow/;
/** Reads of one variable of the environment; its name follows. */
export const environmentNames =
  /\b(?:os\s*\.\s*)?(?:environ\s*(?:\.\s*get\s*\(|\[)|getenv\s*\()\s*|\bprocess\s*\.\s*env\s*(?:\.\s*|\[\s*)|\bENV\s*(?:\.\s*fetch\s*\(?|\[)\s*|\$(?:ENV|_ENV|_SERVER)\s*[[{]\s*|\bENVIRON\s*\[\s*|\b(?:Deno|Bun)\s*\.\s*env\s*(?:\.\s*get\s*\(\s*|\.\s*)/g;
/** The whole environment as a value. */
export const wholeEnvironment =
  /\bos\s*\.\s*environ\b(?!\s*(?:\[|\.\s*(?:get|setdefault|pop|update|copy)\b))|\bprocess\s*\.\s*env\b(?!\s*[.[\w])|\bENV\s*\.\s*(?:to_h|each|inspect|map|sort)\b|%ENV\b|\bputs\s+ENV\b|\bin\s+ENVIRON\b|\bphpinfo\s*\(/;

/** What stands before a statement that is sent to a database. */
export const asksDatabase =
  /(?:execut\w*|quer\w*|exec\w*|raw|prepare|run|sql|text|unsafe|statement|batch|do|all|each)\s*(?:\(\s*)*(?:[\w.]+\s*\(\s*)?[bfrux]?$/i;

/** Calls of object-relational mappers and drivers that empty a table or drop what is in a database. */
export const massDeletion =
  /\.\s*(?:delete_all|destroy_all|dropDatabase|drop_all|dropAllTables|dropAllSchemas|truncate_tables|flushall|flushdb|flushAll|flushDb|drop_database)\b|\.\s*objects\s*\.\s*(?:all|filter|exclude)\s*\([^()]{0,200}\)\s*\.\s*delete\s*\(|\.\s*query\s*(?:\(\s*\w+\s*\))?\s*\.\s*delete\s*\(|\.\s*(?:deleteMany|destroy|remove)\s*\(\s*(?:\{\s*(?:where\s*:\s*\{\s*\}|truncate\s*:\s*true)?\s*\})\s*\)|\.\s*deleteMany\s*\(\s*\)|\bdb\s*\.\s*\w+\s*\.\s*drop\s*\(|::\s*truncate\s*\(/;

/** Names that do something when they are looked up and called. */
export const dangerousName = /^(?:system|popen|exec\w*|eval|spawn\w*|run|call|Popen|check_\w+|remove|unlink|rmtree|rmdir|__\w+__)$/;
