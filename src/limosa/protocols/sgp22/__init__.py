"""Remote SIM provisioning as GSMA SGP.22 (version 2) has it: the side of the SM-DP+.

Promises: whatever a peer sends is either read or refused (RspRefusal, and nothing else), and
signatures are verified over the bytes as they arrived. Reads no clock, keeps no state. Callers:
domain/rsp and servers/smdp; the virtual phone shares tlv.py alone.

The seam. A shell loads rows, calls these functions, stores what they return, and sends the bytes.
Everything is by keyword. `smdp` is the server's identity (identity.py: address, certificates and
keys per CI, trusted CIs), built once per process. Facts are frozen dataclasses that a shell stores
as opaque bytes: `facts.to_bytes()`, `Facts.from_bytes(data)`; those marked (secret) are encrypted
at rest. Whoever catches RspRefusal answers `es9plus.refusal_body(refusal.status)`.

1. initiateAuthentication
   request = es9plus.read_initiate_authentication(body)
   response, opened = authentication.initiate(smdp=smdp, request=request)
   store a session: opened.transaction_id, opened (SessionOpened); answer response.body()
2. authenticateClient
   request = es9plus.read_authenticate_client(body)
   load `opened` by request.transaction_id (none: RspRefusal(RspStatus.TRANSACTION_UNKNOWN))
   client = authentication.verify_client(smdp=smdp, request=request, opened=opened, now=now)
   find the order by client.matching_id and client.eid, lock it, apply its rules
   response, offered = download.offer(smdp=smdp, opened=opened, client=client, terms=Terms(
       metadata=…, is_code_required=…, bound_euicc_otpk=the order's Binding.euicc_otpk, or b""))
   store offered (DownloadOffered) and the EID; answer response.body()
   If the session has `offered` already: download.offer_again(smdp=…, request=…, offered=…,
       metadata=…) answers the same request with the same bytes, and refuses any other
3. getBoundProfilePackage
   request = es9plus.read_get_bound_profile_package(body)
   load `offered`; prepared = download.verify_prepared(request=request, offered=offered)
   if offered.is_code_required: download.check_code(prepared=…, code_digest=…, transaction_id=…),
       where code_digest is the SHA-256 of the code; the shell counts what it refuses
   binding = bound_profile.bind(smdp=…, offered=…, prepared=…, earlier=the order's Binding or None)
   store binding (secret) with the order: a retry, in this or in a later session, gets the same
       segments, and a phone that offers another key in one session is refused
   answer bound_profile.package(binding=…, metadata=…, profile=…).body()
4. cancelSession
   request = es9plus.read_cancel_session(body); load `offered`
   reason = cancel.verify(smdp=smdp, request=request, offered=offered); answer es9plus.DONE
5. handleNotification: answered 204 once it is kept, verified later
   found = notification.read(es9plus.read_handle_notification(body).pending_notification)
   InstallationResult: load `offered.euicc_key` by found.transaction_id,
       notification.verify_installation(result=found, euicc_key=…)
   OtherNotification: card = notification.verify_other(smdp=smdp, notification=found), and
       card.check_time(…) of now, or of when the card was given the profile
   Both have event, sequence_number, iccid and address; a notification is known by (EID, sequence
   number), an installation result by its transaction id.
"""
