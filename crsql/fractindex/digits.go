package fractindex

// increment returns the integer after i; ok is false for the greatest.
func increment(i string) (next string, ok bool) {
	head, digits := i[0], []byte(i[1:])
	for at := len(digits) - 1; at >= 0; at-- {
		if digits[at] != top {
			digits[at]++
			return string(head) + string(digits), true
		}
		digits[at] = zero
	}
	switch head { // all digits ran over: the next letter, whose integers are longer above zero and shorter below
	case 'Z':
		return first, true
	case 'z':
		return "", false
	}
	head++
	if head > 'a' {
		digits = append(digits, zero)
	} else {
		digits = digits[1:]
	}
	return string(head) + string(digits), true
}

// decrement returns the integer before i, which is not the smallest.
func decrement(i string) string {
	head, digits := i[0], []byte(i[1:])
	for at := len(digits) - 1; at >= 0; at-- {
		if digits[at] != zero {
			digits[at]--
			return string(head) + string(digits)
		}
		digits[at] = top
	}
	if head == 'a' {
		return "Z" + string(rune(top))
	}
	head--
	if head < 'Z' {
		digits = append(digits, top)
	} else {
		digits = digits[1:]
	}
	return string(head) + string(digits)
}

// midpoint returns a fraction above a and below b, both fractions, a below b.
func midpoint(a, b string) string {
	shared := 0 // digits that both begin with; a goes on with zeros
	for digit(a, shared) == b[shared] {
		shared++
	}
	low, high := digit(a, shared), b[shared]
	switch {
	case high-low > 1:
		return b[:shared] + middle(low, int(high))
	case len(b) > shared+1:
		return b[:shared+1]
	}
	return b[:shared] + string(low) + above(after(a, shared+1))
}

// above returns a fraction above the fraction a.
func above(a string) string {
	nines := 0 // digits that leave no room above them
	for nines < len(a) && a[nines] == top {
		nines++
	}
	return a[:nines] + middle(digit(a, nines), top+1)
}

// middle returns the digit halfway from low to high, the upper of two.
func middle(low byte, high int) string {
	return string([]byte{byte((int(low) + high + 1) / 2)})
}

// digit returns the digit of a fraction at i, which may be behind its end.
func digit(fraction string, i int) byte {
	if i < len(fraction) {
		return fraction[i]
	}
	return zero
}

// after returns the digits of a fraction from i on.
func after(fraction string, i int) string {
	if i < len(fraction) {
		return fraction[i:]
	}
	return ""
}
