package main

// settings are what dot commands change about the output and the handling of errors.
type settings struct {
	mode         string // a key of modes
	headers      bool
	headersSet   bool // the user chose headers, so that .mode leaves them alone
	separator    string
	rowSeparator string
	nullValue    string
	bail         bool
	echo         bool
	timer        bool
}

func (s *settings) setHeaders(on bool) { s.headers, s.headersSet = on, true }

// setMode chooses an output mode with its separators, as .mode does.
func (sh *shell) setMode(name string) {
	s := &sh.settings
	s.mode = name
	s.rowSeparator = "\n"
	switch name {
	case "list":
		s.separator = "|"
	case "csv":
		s.separator, s.rowSeparator = ",", "\r\n"
	case "tabs":
		s.separator = "\t"
	case "quote":
		s.separator = ","
	case "column", "box", "table", "markdown":
		if !s.headersSet {
			s.headers = true
		}
	}
}
