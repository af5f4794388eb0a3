"""What the couriers' adapters say of a call that failed: the Chinese sentence, and the same in English."""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    # transport, and what all share
    "快递方暂时没有回应，稍后重试。": "The courier does not answer at the moment; tried again later.",
    "快递方拒绝（{code}）：{words}": "The courier refused ({code}): {words}",
    "快递方暂时不能受理（HTTP {code}），稍后重试。": (
        "The courier cannot take this now (HTTP {code}); tried again later."
    ),
    "快递方的应答没有传完，稍后重试。": "The courier's answer broke off; tried again later.",
    "快递方的应答超过 10 MB，未读完；请联系快递方。": (
        "The courier's answer is longer than 10 MB and was not read to its end. Contact the courier."
    ),
    "快递方的应答太慢，已放弃，稍后重试。": "The courier answered too slowly and was given up on; tried again later.",
    "快递方网关地址不可用，请检查设置里的地址。": "The courier's address cannot be used. Check it in the settings.",
    "连不上快递方或其应答中断（{kind}），稍后重试。": (
        "The courier cannot be reached, or its answer broke off ({kind}); tried again later."
    ),
    "{who}暂时不能受理（HTTP {code}），稍后重试。": "{who} cannot take this now (HTTP {code}); tried again later.",
    "{who}暂时不能受理（{code}），稍后重试。": "{who} cannot take this now ({code}); tried again later.",
    "{who}暂时不能受理（{code}）：{words}": "{who} cannot take this now ({code}): {words}",
    "{who}暂不受理：{words}；稍后重试。": "{who} does not take this now: {words}; tried again later.",
    "当日用量已满": "the day's quota is used up",
    "{who}网关不接受这一请求，请核对网关地址与授权设置。": (
        "{who}'s gateway does not accept the request. Check the gateway's address and the authorisation."
    ),
    "{who}网关不接受这一请求，请核对网关地址设置。": "{who}'s gateway does not accept the request. Check its address.",
    "{who}网关不接受这一请求，请核对网关地址。": "{who}'s gateway does not accept the request. Check its address.",
    "{who}网关不接受这一请求，请核对网关地址、密钥与令牌。": (
        "{who}'s gateway does not accept the request. Check its address, the key and the token."
    ),
    "{who}不接受这一请求，请核对接口地址与授权设置。": (
        "{who} does not accept the request. Check the address and the authorisation."
    ),
    "{who}没有说明原因。": "{who} gave no reason.",
    "{who}说下单成功，却没有给出运单号；请以同一订单号再查。": (
        "{who} says that the order succeeded and gave no waybill number. Ask again by the same order number."
    ),
    "{who}说下单成功，却没有给出运单号。": "{who} says that the order succeeded and gave no waybill number.",
    "{who}的应答没有 {field}，无法判断是否受理。": (
        "{who}'s answer has no {field}; whether it was accepted cannot be told."
    ),
    "{who}的面单应答没有 {field}，无法判断是否受理。": (
        "{who}'s answer about the label has no {field}; whether it was accepted cannot be told."
    ),
    "{who}的订阅应答没有 {field}，无法判断是否受理。": (
        "{who}'s answer about the subscription has no {field}; whether it was accepted cannot be told."
    ),
    "{who}的应答状态是 HTTP {code}，无法判断是否受理。": (
        "{who} answered HTTP {code}; whether it was accepted cannot be told."
    ),
    "{who}的应答没有 {field}，无法判断业务是否成功。": (
        "{who}'s answer has no {field}; whether it succeeded cannot be told."
    ),
    "{who}的应答没有 {field}。": "{who}'s answer has no {field}.",
    "{who}应答的 {field} 不完整。": "{field} in {who}'s answer is incomplete.",
    "{who}的查询应答没有 status 200，也没有失败代码，无法判断。": (
        "{who}'s answer has neither status 200 nor a code of failure; nothing can be told from it."
    ),
    "{who}的应答自相矛盾：retCode 为成功而 success 为否。": (
        "{who}'s answer contradicts itself: retCode says success, success says no."
    ),
    "{who}的应答自相矛盾：code 与 success 不一致。": "{who}'s answer contradicts itself: code and success differ.",
    "{who}的应答自相矛盾：Success 为{answer}，ResultCode 为 {code}。": (
        "{who}'s answer contradicts itself: Success is {answer}, ResultCode is {code}."
    ),
    "{who}的应答自相矛盾：success 与 errorCode（{code}）不符。": (
        "{who}'s answer contradicts itself: success and errorCode ({code}) differ."
    ),
    "{who}的面单应答自相矛盾：code 为 200 而 success 不为是。": (
        "{who}'s answer about the label contradicts itself: code is 200, success is not yes."
    ),
    "{who}的订阅应答自相矛盾：returnCode 为 200 而 result 不为是。": (
        "{who}'s answer about the subscription contradicts itself: returnCode is 200, result is not yes."
    ),
    "{who}接口在本系统不提供{act}，请向承运的快递公司办理。": (
        "{who}'s interface does not offer {act} here. Turn to the company that carries the mail."
    ),
    "{who}接口在本系统不提供{act}，请在京东物流处办理后登记运单号。": (
        "{who}'s interface does not offer {act} here. Do it at JD Logistics, then enter the waybill number."
    ),
    # what an answer or a push holds
    "{who}的应答不是可读的 JSON。": "{who}'s answer is not readable JSON.",
    "{who}的应答不是 JSON 对象。": "{who}'s answer is not a JSON object.",
    "{who}的报文不是可读的 JSON。": "{who}'s message is not readable JSON.",
    "{who}的内容不是可读的 JSON。": "{who}'s content is not readable JSON.",
    "{who}发来的不是可读的 JSON。": "What {who} sent is not readable JSON.",
    "{who}的轨迹应答里没有 {field} 列表。": "{who}'s answer about tracking has no list {field}.",
    "{who}的应答没有 {field} 列表。": "{who}'s answer has no list {field}.",
    "{who}的识别应答里没有 {field} 列表。": "{who}'s answer about the number has no list {field}.",
    "{who}的时效应答里没有列表 {field}（设置 {name}）。": (
        "{who}'s answer about transit times has no list {field} (setting {name})."
    ),
    "{who}的单号识别应答不是列表。": "{who}'s answer about the number is not a list.",
    "{who}的轨迹 data 不是列表。": "{who}'s tracking data is not a list.",
    "{who}的轨迹不是 JSON 对象。": "{who}'s tracking is not a JSON object.",
    "{who}的轨迹里没有 Traces 列表。": "{who}'s tracking has no list Traces.",
    "{who}的轨迹里没有一条能读出时间。": "No entry of {who}'s tracking has a time that can be read.",
    "{who}的轨迹里有读不出的时间。": "{who}'s tracking has a time that cannot be read.",
    "{who}的轨迹应答里没有一条能读出的路由。": "No route in {who}'s answer about tracking can be read.",
    "{who}的轨迹没有运单号，也没有订单号。": "{who}'s tracking has neither a waybill number nor an order number.",
    "{who}的应答里没有面单（PrintTemplate）或运单号。": (
        "{who}'s answer has no label (PrintTemplate), or no waybill number."
    ),
    "{who}的应答里没有运单号。": "{who}'s answer has no waybill number.",
    "{who}的应答里没有资费内容。": "{who}'s answer has no charges.",
    "{who}的地址解析应答不是一个地址。": "{who}'s answer about the address is not an address.",
    "{who}应答里的金额或重量不合理。": "An amount or weight in {who}'s answer is out of reason.",
    "{who}应答里的金额或重量不是数字。": "An amount or weight in {who}'s answer is not a number.",
    "{who}的面单不是 PDF 文件。": "{who}'s label is not a PDF file.",
    "{who}的面单既不是网址，也不是 Base64 文本。": "{who}'s label is neither an address nor Base64 text.",
    "{who}的揽收范围应答里没有认识的 status。": "{who}'s answer about its area has no status that we know.",
    "{who}的授权应答没有 {field}。": "{who}'s answer about access has no {field}.",
    "{who}的授权应答没有 accessToken 或 expiresIn。": "{who}'s answer about access has no accessToken or expiresIn.",
    "{who}的筛单应答没有可读的 {field}。": "{who}'s answer about its area has no readable {field}.",
    "{who}的应答没有可读的 {field}，不能确认是否办成。": (
        "{who}'s answer has no readable {field}; whether it was done cannot be told."
    ),
    "{who}的云打印应答里没有面单文件。": "{who}'s answer about cloud printing has no label file.",
    "{who}的推送不是表单。": "{who}'s push is not a form.",
    "{who}的推送不是可读的表单。": "{who}'s push is not a readable form.",
    "{who}的推送不是 JSON 对象。": "{who}'s push is not a JSON object.",
    "{who}的推送内容不是 JSON 对象。": "The content of {who}'s push is not a JSON object.",
    "{who}的推送不是 UTF-8 的 JSON、XML 或表单。": "{who}'s push is not JSON, XML or a form in UTF-8.",
    "{who}的表单推送应恰有一个 content。": "{who}'s push as a form needs exactly one content.",
    "{who}的推送应恰有一个 param 和一个 sign。": "{who}'s push needs exactly one param and one sign.",
    "{who}推送的签名与本方 salt 不符。": "The signature of {who}'s push does not fit our salt.",
    "{who}的推送签名不符，或不是轨迹推送。": "{who}'s push is signed wrongly, or is none about tracking.",
    "{who}的推送签名或商户号不符，不能确认来源。": (
        "The signature or customer number of {who}'s push is wrong: it cannot be told where it came from."
    ),
    "{who}的推送里有重复的字段，不能确认来源。": (
        "{who}'s push has a field twice: it cannot be told where it came from."
    ),
    "{who}的推送不是给本方协议客户号的。": "{who}'s push is not for our customer number.",
    "{who}的推送格式没有公布，不能读取；请改用查询。": (
        "The form of {who}'s pushes is not published, so they cannot be read. Use queries instead."
    ),
    "{who}的推送里没有运单号或轨迹。": "{who}'s push has no waybill number or no tracking.",
    "{who}的推送没有运单号，也没有订单号。": "{who}'s push has neither a waybill number nor an order number.",
    "{who}的推送没有运单号。": "{who}'s push has no waybill number.",
    "{who}的推送没有 status，或没有 lastResult。": "{who}'s push has no status or no lastResult.",
    "{who}的推送没有 {field} 列表。": "{who}'s push has no list {field}.",
    "{who}的推送里没有 {field} 列表。": "{who}'s push has no list {field}.",
    "{who}的推送里没有一条带运单号或订单号的轨迹。": (
        "No tracking in {who}'s push has a waybill number or an order number."
    ),
    "{who}的推送里没有一件能读出轨迹。": "The tracking of no mail in {who}'s push can be read.",
    "{who}的推送里有读不出的时间。": "{who}'s push has a time that cannot be read.",
    "{who}的推送既无 {field}，也无 {other}。": "{who}'s push has neither {field} nor {other}.",
    "{who}的 XML 含有声明，不予解析。": "{who}'s XML holds declarations and is not read.",
    "{who}的 XML 读不出。": "{who}'s XML cannot be read.",
    "推送的 XML 带有 DTD 声明，按规定不予解析。": "The push's XML holds a DTD and is not read, as ruled.",
    "推送的 XML 无法读出。": "The push's XML cannot be read.",
    "密文缺少 |$4| 前缀。": "The ciphertext lacks its prefix |$4|.",
    "密文无法用本方签名钥匙解开。": "The ciphertext does not open with our signing key.",
    "密文末尾没有签名钥匙，不能确认来源。": (
        "The ciphertext does not end in the signing key: it cannot be told where it came from."
    ),
    "数字签名不正确。": "The digital signature is wrong.",
    # orders that cannot be placed as they are
    "号段里的运单号 {number} 不是 {who} 的写法，请核对后再下单。": (
        "The number {number} from the pool is not written as {who} writes its numbers. Check it, then order again."
    ),
    "{role}缺少{missing}，{who} 不受理；请补齐后再下单。": (
        "{role}: {missing} missing, so {who} does not take it. Add it, then order again."
    ),
    "{role}缺少{missing}，{who}不受理；请补齐后再下单。": (
        "{role}: {missing} missing, so {who} does not take it. Add it, then order again."
    ),
    "缺少{missing}，{who}不受理；请补齐后再办。": (
        "{missing} missing, so {who} does not take it. Add it, then try again."
    ),
    "{role}超过 {count} 个字，{who}不受理；请缩短后再办。": (
        "{role}: longer than {count} characters, so {who} does not take it. Shorten it, then try again."
    ),
    "{role}里有不能传送的字符，请改正后再办。": (
        "{role}: holds characters that cannot be sent. Correct them, then try again."
    ),
    "订单号、重量（克，至少 1）和付费方（寄方、收方或第三方）必须填写，请补齐后再下单。": (
        "Order number, weight (grams, at least 1) and payer (sender, receiver or third party) are needed. Add them, "
        "then order again."
    ),
    "重量（克，至少 1）、件数（至少 1）和付费方（寄方、收方或第三方）必须填写，请补齐后再下单。": (
        "Weight (grams, at least 1), number of pieces (at least 1) and payer (sender, receiver or third party) are "
        "needed. Add them, then order again."
    ),
    "订单号、重量（克，至少 1）和件内份数（至少 1）必须填写，请补齐后再下单。": (
        "Order number, weight (grams, at least 1) and number of papers inside (at least 1) are needed. Add them, then "
        "order again."
    ),
    "付费方只能是寄方、收方或第三方，请改正后再下单。": (
        "Only the sender, the receiver or a third party can pay. Correct it, then order again."
    ),
    "订单号与运单号不符，顺丰没有受理；请核对后再办。": (
        "Order number and waybill number do not belong together, so SF Express did nothing. Check them, then try again."
    ),
    "顺丰不能收派这一地址：{why}。": "SF Express does not serve this address: {why}.",
    "顺丰正在人工确认能否收派，尚未给出运单号，稍后以同一订单号再查。": (
        "At SF Express a person looks whether they serve the address; there is no waybill number yet. Asked again "
        "later by the same order number."
    ),
    "收方超出服务范围": "the receiver lies outside the area they serve",
    "寄方超出服务范围": "the sender lies outside the area they serve",
    "没有说明原因": "no reason was given",
    "未说明原因": "no reason was given",
    "快递100 没有给出面单：首次下单时未要求出图，重复下单只返回首次的结果；请打印本方的面单。": (
        "Kuaidi100 gave no label: the first order did not ask for a picture, and a repeated one returns what the first "
        "did. Print our own label."
    ),
    "快递公司编码应为小写字母与数字，运单号应为 1 至 32 个字符，请核对后再查。": (
        "A carrier's code is small letters and digits, a waybill number 1 to 32 characters. Check both, then ask again."
    ),
    "订阅须有 1 至 32 个字符的运单号、回调地址和快递公司编码（或由快递100 识别），请补齐后再订阅。": (
        "A subscription needs a waybill number of 1 to 32 characters, an address to call back and the carrier's code "
        "(or Kuaidi100 finds it). Add them, then subscribe again."
    ),
    "尚未取得访问令牌（accessToken），请先取得令牌再发这一请求。": (
        "There is no access token yet (accessToken): it has to be fetched before this request."
    ),
    "路由查询一次须为 1 至 {count} 个单号，请分批。": "Ask for the routes of 1 to {count} numbers at a time.",
    "云打印一次须为 1 至 {count} 个运单号，请分批。": "Print 1 to {count} waybills at a time.",
    "件数应是 1 至 307 的整数，请改正后再办。": "The number of pieces is a whole number from 1 to 307. Correct it.",
    "面单模板应是 129、149 或 179，取网址与反向面单应是 0（否）或 1（是）；请改正后再取。": (
        "The label's template is 129, 149 or 179; address and return label are 0 (no) or 1 (yes). Correct it."
    ),
    "{why}；请核对地址与产品代码后再查。": "{why}. Check the address and the product's code, then ask again.",
    "参数不能解析": "the parameters cannot be read",
    "产品代码为空": "the product's code is empty",
    "产品代码不合法": "the product's code is not valid",
    "EMS 揽收范围查询暂时不可用（{why}），稍后重试。": (
        "China Post EMS cannot say what area it serves at the moment ({why}); tried again later."
    ),
    "服务异常": "a fault of the service",
    "读取参数失败": "reading the parameters failed",
    "估算资费要有重量（克，至少 1），请补齐后再算。": "Estimating charges needs a weight (grams, at least 1). Add it.",
    # what a person asks on the command line
    "{label}应是一个 JSON 对象，各项见 courier-call --help。": "{label} is a JSON object; see courier-call --help.",
    "{label}应是一个 JSON 对象，所需的项见 courier-call --help；请改正后再办。": (
        "{label} is a JSON object; see courier-call --help. Correct it, then try again."
    ),
    "{label}里缺少、不认识或写法不对的项：{names}。各项见 courier-call --help。": (
        "{label} lacks these, or they are unknown or written wrongly: {names}. See courier-call --help."
    ),
    "{label}里缺少、不认识或写法不对的项：{names}。所需的项见 courier-call --help；请改正后再办。": (
        "{label} lacks these, or they are unknown or written wrongly: {names}. See courier-call --help."
    ),
    "订单文件的内容不对（{why}）；所需的项见 courier-call --help，请改正后再试。": (
        "What the order file holds is wrong ({why}); see courier-call --help. Correct it, then try again."
    ),
    "{name} 应是 ISO 8601 的时间，例如 2026-01-01T09:00:00+08:00。": (
        "{name} is a time as ISO 8601 has it, such as 2026-01-01T09:00:00+08:00."
    ),
    "时间 {text} 不是 ISO 8601 写法，例如 2026-01-01T09:00:00+08:00；请改正后再办。": (
        "The time {text} is not written as ISO 8601 has it, such as 2026-01-01T09:00:00+08:00. Correct it."
    ),
    "时间 {text} 的年份不合理，请改正后再办。": "The year of the time {text} is out of reason. Correct it.",
    # mail that a person carries
    "没有「{code}」这种节点；可选：{names}。": "There is no milestone “{code}”. There are: {names}.",
    "登记节点要有单据号，时间要带时区；请补齐后再登记。": (
        "A milestone needs its form's number, and a time with its zone. Add them, then enter it again."
    ),
    "更正误录要指明被更正的节点，其他节点不能更正别的登记；请改正后再登记。": (
        "A correction names the milestone that it corrects, and nothing else does. Correct it, then enter it again."
    ),
    "凭证的 SHA-256 应是 64 位小写十六进制数字；请重新上传凭证。": (
        "The proof's SHA-256 is 64 hexadecimal digits in small letters. Upload the proof again."
    ),
    "专人递送没有推送。": "Mail that a person carries has no pushes.",
    "专人递送没有接口，请由经办人登记节点。": (
        "Mail that a person carries has no interface: an officer enters its milestones."
    ),
    # advice behind a refusal's own words
    "请校准本机时钟。": "Set this machine's clock.",
    "请在丰桥控制台登记本机的出口 IP。": "Register this machine's outgoing address in SF's console.",
    "请核对顾客编码的接口权限与环境；刚配置的权限约两分钟后生效。": (
        "Check what the customer code may use, and in which environment; a new right works after some two minutes."
    ),
    "请核对校验码与签名方式（COURIER_SF_CHECKWORD、COURIER_SF_DIGEST）。": (
        "Check the check word and the way of signing (COURIER_SF_CHECKWORD, COURIER_SF_DIGEST)."
    ),
}
