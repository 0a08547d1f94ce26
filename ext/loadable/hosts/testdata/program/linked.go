//go:build linked

package main

import _ "github.com/sqlite-mv/sqlite-mv/ext/driver/mattn" // every connection of this process has the engine
