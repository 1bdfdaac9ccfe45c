// Package locales carries the words of the web app into the server, for the
// pages that it makes itself: a thing is called the same there.
package locales

import "embed"

// Files are en.json and zh-CN.json. In a message, {name} stands for a value,
// {'@'} for what is in the quotes, and " | " is between singular and plural.
//
//go:embed en.json zh-CN.json
var Files embed.FS
