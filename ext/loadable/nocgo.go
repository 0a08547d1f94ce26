//go:build !cgo

// Command loadable is the extension as a library that SQLite loads. It needs cgo.
package main

import "fmt"

func main() {
	fmt.Println("the loadable extension needs cgo: CGO_ENABLED=1 go build -buildmode=c-shared")
}
