package main

import (
	_ "modernc.org/sqlite" // "sqlite", the twin

	_ "github.com/sqlite-mv/sqlite-mv/ext/driver/mattn"   // "sqlite-mv-mattn", and "sqlite3", its twin
	_ "github.com/sqlite-mv/sqlite-mv/ext/driver/modernc" // "sqlite-mv"
)
