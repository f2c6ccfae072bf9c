# tflint: the rules of the language. (Its AWS rules are a plugin of its own; checkov looks at what the resources say.)
plugin "terraform" {
  enabled = true
  preset  = "all"
}

# Each module names what its files hold: roles.tf, athena.tf. Only these three have a fixed name.
rule "terraform_standard_module_structure" {
  enabled = false
}
