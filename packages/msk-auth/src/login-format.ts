/** What an MSK login has to hold. The signer and the verifier have this in common, and nothing of how they sign. */

export const loginAction = 'kafka-cluster:Connect'
export const loginService = 'kafka-cluster'

/** `version` of the message of AWS_MSK_IAM. */
export const messageVersion = '2020_10_22'

/** The longest life of a login, and the shortest that is worth signing. */
export const longestLoginS = 900
export const shortestLoginS = 60
